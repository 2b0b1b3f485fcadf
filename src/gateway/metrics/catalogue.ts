/** What a metric is called, what kind it is, what it means, and by which labels it is told apart. */
export interface MetricContract {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric of the gateway. docs/gateway.md says the same, and a test holds the two together. */
export const METRICS = {
  lockstep_gateway_info: {
    type: "gauge",
    help: "Always 1; the labels say what runs.",
    labels: ["version", "node"],
  },
  lockstep_gateway_start_time_seconds: {
    type: "gauge",
    help: "When the gateway began to listen, in seconds since 1970.",
    labels: [],
  },
  lockstep_gateway_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the process, looked at every 15 s.",
    labels: [],
  },
  lockstep_gateway_heap_used_bytes: {
    type: "gauge",
    help: "JavaScript heap in use, looked at every 15 s.",
    labels: [],
  },
  lockstep_gateway_heap_total_bytes: {
    type: "gauge",
    help: "JavaScript heap reserved, looked at every 15 s.",
    labels: [],
  },
  lockstep_gateway_event_loop_delay_seconds: {
    type: "gauge",
    help: "How late the event loop was in the last whole 15 s; quantile 1 is the worst.",
    labels: ["quantile"],
  },
  lockstep_gateway_clients: {
    type: "gauge",
    help: "Connected clients.",
    labels: ["role", "mode"],
  },
  lockstep_gateway_handshakes_pending: {
    type: "gauge",
    help: "Sockets that have not connected yet.",
    labels: [],
  },
  lockstep_gateway_handshakes_total: {
    type: "counter",
    help: "Handshakes that ended: ok, timeout, gone, or the code of the refusal.",
    labels: ["outcome"],
  },
  lockstep_gateway_upgrades_refused_total: {
    type: "counter",
    help: "Sockets refused with 503 before they became WebSockets: stopping, handshakes, connections.",
    labels: ["reason"],
  },
  lockstep_gateway_auth_failures_total: {
    type: "counter",
    help: "Wrong or missing credentials, on the socket and on /metrics.",
    labels: ["reason"],
  },
  lockstep_gateway_rate_limited_total: {
    type: "counter",
    help: "Attempts refused unseen, since too many from the same address had failed.",
    labels: [],
  },
  lockstep_gateway_requests_total: {
    type: "counter",
    help: "Requests answered: ok, or the error's code. Methods the gateway does not have count as (unknown).",
    labels: ["method", "outcome"],
  },
  lockstep_gateway_request_duration_seconds: {
    type: "histogram",
    help: "From when a request was begun to its answer.",
    labels: ["method"],
  },
  lockstep_gateway_requests_in_flight: {
    type: "gauge",
    help: "Requests being answered.",
    labels: [],
  },
  lockstep_gateway_requests_waiting: {
    type: "gauge",
    help: "Requests read from clients that have too much in flight or unread; they are begun when there is room.",
    labels: [],
  },
  lockstep_gateway_outbound_buffered_bytes: {
    type: "gauge",
    help: "Bytes that wait to be read by clients, all together.",
    labels: [],
  },
  lockstep_gateway_outbound_buffered_max_bytes: {
    type: "gauge",
    help: "Bytes that wait for the client that reads slowest.",
    labels: [],
  },
  lockstep_gateway_events_total: {
    type: "counter",
    help: "Events written, once each, however many clients they went to.",
    labels: ["event"],
  },
  lockstep_gateway_event_frames_total: {
    type: "counter",
    help: "Event frames handed to clients' sockets.",
    labels: ["event"],
  },
  lockstep_gateway_events_dropped_total: {
    type: "counter",
    help: "Event frames that slow clients did not get.",
    labels: ["event"],
  },
  lockstep_gateway_slow_consumers_closed_total: {
    type: "counter",
    help: "Clients closed with 1008, since they read too slowly.",
    labels: [],
  },
  lockstep_gateway_runs_active: {
    type: "gauge",
    help: "Agent runs accepted and not ended, those that wait for their session included.",
    labels: [],
  },
  lockstep_gateway_lanes: {
    type: "gauge",
    help: "Sessions in which something runs or waits.",
    labels: [],
  },
  lockstep_gateway_lanes_pending: {
    type: "gauge",
    help: "Turns that wait for their session or for a free place.",
    labels: [],
  },
  lockstep_gateway_store_commit_duration_seconds: {
    type: "histogram",
    help: "Making a group of session changes durable: from the write to the disk's word.",
    labels: [],
  },
  lockstep_gateway_store_commit_failures_total: {
    type: "counter",
    help: "Groups of session changes that the disk refused.",
    labels: [],
  },
} as const satisfies Record<string, MetricContract>;

export type MetricName = keyof typeof METRICS;

type Named<T> = { [N in MetricName]: (typeof METRICS)[N]["type"] extends T ? N : never }[MetricName];
export type CounterName = Named<"counter">;
export type GaugeName = Named<"gauge">;
export type HistogramName = Named<"histogram">;

export type Labels = Readonly<Record<string, string>>;

/** What a gauge shows now. */
export type Reading = readonly [name: GaugeName, value: number, labels?: Labels];
