import type { Reading } from "../metrics/catalogue.ts";
import type { ConnectedClient } from "./broadcast.ts";
import type { ServerLoad } from "./connection.ts";

/** What the gauges of the server show now. @param sockets connected or not. */
export function readServer(
  clients: ReadonlySet<ConnectedClient>,
  sockets: number,
  load: ServerLoad,
): Reading[] {
  const groups = new Map<string, { role: string; mode: string; count: number }>();
  let [buffered, most] = [0, 0];
  for (const { role, mode, sink } of clients) {
    const name = `${role} ${mode}`;
    const group = groups.get(name) ?? { role, mode, count: 0 };
    group.count += 1;
    groups.set(name, group);
    const waiting = sink.waiting();
    buffered += waiting;
    most = Math.max(most, waiting);
  }
  return [
    ...[...groups.values()].map(({ role, mode, count }): Reading => [
      "lockstep_gateway_clients",
      count,
      { role, mode },
    ]),
    ["lockstep_gateway_handshakes_pending", sockets - clients.size],
    ["lockstep_gateway_requests_in_flight", load.inFlight],
    ["lockstep_gateway_requests_waiting", load.waiting],
    ["lockstep_gateway_outbound_buffered_bytes", buffered],
    ["lockstep_gateway_outbound_buffered_max_bytes", most],
  ];
}
