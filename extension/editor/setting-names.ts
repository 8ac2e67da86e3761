/** Settings that say where a run is stopped, under their full names. */
export const MAX_EVENTS_SETTING = 'tcpScenarios.run.maxEvents';
export const MAX_TIME_SETTING = 'tcpScenarios.run.maxVirtualTime';
