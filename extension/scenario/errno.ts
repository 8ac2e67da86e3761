/** The errors that a socket call of Linux reports in these scenarios (`facts`: sections 10.1 and 12). */
export const ERRNOS = [
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EAGAIN',
  'EALREADY',
  'EBADF',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINPROGRESS',
  'EINVAL',
  'EISCONN',
  'ENETUNREACH',
  'ENONET',
  'ENOPROTOOPT',
  'ENOTCONN',
  'EOPNOTSUPP',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
] as const;

export type Errno = (typeof ERRNOS)[number];
