import "zone.js";
import { provideZoneChangeDetection } from "@angular/core";

export const detection = provideZoneChangeDetection();
