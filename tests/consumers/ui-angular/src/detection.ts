import { provideZonelessChangeDetection } from "@angular/core";

export const detection = provideZonelessChangeDetection();
