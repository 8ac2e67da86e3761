/** The system calls that a script can make here. */
import type { SystemCall } from './call.ts';
import { connectionCalls } from './connection.ts';
import { dataCalls } from './data.ts';
import { poll } from './poll.ts';
import { settingCalls } from './settings.ts';

export const SYSTEM_CALLS: Readonly<Record<string, SystemCall>> = {
  ...connectionCalls,
  ...dataCalls,
  ...settingCalls,
  poll,
};
