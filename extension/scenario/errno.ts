/** The errors that a socket call of Linux reports in these scenarios (`icmp_err_convert`, `tcp_reset`, `tcp_write_err`; af_inet.c). */
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
