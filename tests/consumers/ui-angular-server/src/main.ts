import { bootstrapApplication } from "@angular/platform-browser";
import { config } from "./config";
import { Inbox } from "./inbox";

bootstrapApplication(Inbox, config);
