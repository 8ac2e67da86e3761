/** Numbers that a host draws from its secret and a connection's addresses and ports (net/core/secure_seq.c). */
import type { Micros } from '../../base/time.ts';
import { hash32 } from '../random.ts';
import type { Seq } from '../tcp/seq.ts';
import { seq } from '../tcp/seq.ts';
import type { CookiePath } from '../tcp/syn-cookie.ts';
import type { RemoteSocket } from './remote.ts';

/** `seq_scale`: initial sequence numbers advance every 64 ns. */
const ISS_TICKS_PER_MICRO = 1000 / 64;

export class Secrets {
  private readonly seed: number;
  private readonly address: string;

  /** @param seed from which everything follows @param address of the host */
  constructor(seed: number, address: string) {
    this.seed = seed;
    this.address = address;
  }

  /** The initial sequence number of a connection that begins at `now` (`secure_tcp_seq`; RFC 6528). */
  initialSequence(local: number, remote: RemoteSocket, now: Micros): Seq {
    const base = hash32(this.seed, 'iss', this.address, remote.address, local, remote.port);
    return seq((base + Math.floor(now * ISS_TICKS_PER_MICRO)) % 2 ** 32);
  }

  /** What the timestamps of a connection are ahead of the host's clock (`secure_tcp_ts_off`). */
  timestampOffset(local: number, remote: RemoteSocket): number {
    return hash32(this.seed, 'ts', this.address, remote.address, local, remote.port);
  }

  /** What a SYN cookie is computed from (`secure_tcp_syn_cookie`). */
  cookiePath(localPort: number, remote: RemoteSocket): CookiePath {
    return { seed: this.seed, local: this.address, localPort, remote: remote.address, remotePort: remote.port };
  }

  /** Where connect() begins to look for a port, below `count` (`inet_hash_connect`). */
  firstPort(count: number): number {
    // A remainder of more than 31 bits is a number with an object around it, and so would be every port made from it.
    return Math.trunc(hash32(this.seed, this.address, 'port') % count);
  }
}
