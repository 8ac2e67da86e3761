/** Prints the plan of a bulk transfer as JSON, for `bulk.ts`: `node bulk-plan.cjs MEGABYTES WINDOW-BYTES`. */
import { parseScenarios } from '../../extension/language/index.ts';

/** Memory that a full segment takes, and its payload: a window needs so much more room than it has bytes. */
const TRUESIZE = 2304;
const MSS = 1448;

function scenario(megabytes: number, window: number): string {
  const memory = Math.ceil((window * TRUESIZE) / MSS);
  return `scenario "Bulk"
host client
host server
link wire between client and server { delay 5ms  bandwidth 1 Gbit/s  queue 100000 packets }
process app on client
process web on server
sysctl tcp_congestion_control = reno on client
sysctl tcp_congestion_control = reno on server
sysctl tcp_wmem = 4096 B 16384 B ${4 * memory} B on client
sysctl tcp_rmem = 4096 B ${memory} B ${memory} B on server
at 0s web listens on 80
at 10ms app connects to server:80 as conn
at 20ms app sends ${megabytes} MB on conn
`;
}

const [, , megabytes, window] = process.argv;
const { scenarios, problems } = parseScenarios(scenario(Number(megabytes), Number(window)));
if (problems.length > 0) throw new Error(JSON.stringify(problems));
console.log(JSON.stringify(scenarios[0]?.runs[0]));
