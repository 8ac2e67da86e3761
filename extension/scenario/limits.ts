import { DAY, type Micros } from '../base/time.ts';

/** Where a run stops in virtual time unless somebody says otherwise: beyond the longest wait of a kernel with default settings. */
export const DEFAULT_MAX_TIME: Micros = 400 * DAY;
