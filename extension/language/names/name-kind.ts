/** What a name in a scenario can stand for. Each kind is a space of names of its own: a host and a process may share one. */
export type NameKind = 'host' | 'link' | 'middlebox' | 'process' | 'connection' | 'moment' | 'value' | 'part';
