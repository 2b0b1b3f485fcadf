"""A gateway in a hundred lines: connect, health and sessions.list. An example of a port under way, not one to run."""

import argparse, asyncio, json, os, pathlib, time, uuid

from websockets.asyncio.server import serve

METHODS = ["health", "sessions.list"]
STARTED = time.monotonic()
MAIN = "agent:main:main"
PROMPT = (
    "Read HEARTBEAT.md if it exists (workspace context). Follow it strictly. Do not infer or repeat old tasks from "
    "prior chats. If nothing needs attention, reply HEARTBEAT_OK."
)
HEARTBEAT = {"enabled": True, "every": "30m", "everyMs": 1800000, "prompt": PROMPT, "target": "last", "ackMaxChars": 300}

now_ms = lambda: int(time.time() * 1000)


class Refused(Exception):
    """What the caller did wrong; the message goes over the wire."""


def read_store(state):
    """Rows of the session store: key -> entry. A store that is not there is empty."""
    path = state / "agents" / "main" / "sessions" / "sessions.json"
    return path, (json.loads(path.read_text()) if path.exists() else {})


def health(state, params):
    path, store = read_store(state)
    newest = sorted(store.items(), key=lambda row: row[1].get("updatedAt") or 0, reverse=True)
    recent = [
        {"key": key, "updatedAt": entry.get("updatedAt"), "age": now_ms() - entry["updatedAt"]}
        for key, entry in newest[:5]
        if entry.get("updatedAt")
    ]
    sessions = {"path": str(path), "count": len(store), "recent": recent}
    agent = {"agentId": "main", "isDefault": True, "heartbeat": HEARTBEAT, "sessions": sessions}
    return {
        "ok": True, "ts": now_ms(), "durationMs": 0, "channels": {}, "channelOrder": [], "channelLabels": {},
        "heartbeatSeconds": 1800, "defaultAgentId": "main", "agents": [agent], "sessions": sessions,
    }


def sessions_list(state, params):
    unknown = set(params) - {"limit", "label", "search"}
    if unknown:
        raise Refused(f"invalid sessions.list params: at root: unexpected property '{sorted(unknown)[0]}'")
    path, store = read_store(state)
    rows = [{"key": key, "kind": "direct", **entry} for key, entry in store.items()]
    if "label" in params:
        rows = [row for row in rows if row.get("label") == params["label"]]
    # Sorts by key: the original sorts by updatedAt, newest first. `lockstep run` finds it.
    rows.sort(key=lambda row: row["key"])
    rows = rows[: params.get("limit", len(rows))]
    defaults = {"modelProvider": "anthropic", "model": "claude-opus-4-6", "contextTokens": 200000}
    return {"ts": now_ms(), "path": str(path), "count": len(rows), "defaults": defaults, "sessions": rows}


HANDLERS = {"health": health, "sessions.list": sessions_list}


def hello(state, token, params):
    if (params.get("auth") or {}).get("token") != token:
        raise Refused("unauthorized: gateway token mismatch (provide gateway auth token)")
    return {
        "type": "hello-ok",
        "protocol": 3,
        "server": {"version": "0.0.1", "connId": str(uuid.uuid4())},
        "features": {"methods": METHODS, "events": ["connect.challenge"]},
        "snapshot": {
            "presence": [], "health": {}, "stateVersion": {"presence": 0, "health": 0},
            "uptimeMs": int((time.monotonic() - STARTED) * 1000),
            "sessionDefaults": {"defaultAgentId": "main", "mainKey": "main", "mainSessionKey": MAIN, "scope": "per-sender"},
        },
        "policy": {"maxPayload": 26214400, "maxBufferedBytes": 52428800, "tickIntervalMs": 30000},
    }


async def talk(socket, state, token):
    send = lambda frame: socket.send(json.dumps(frame))
    await send({"type": "event", "event": "connect.challenge", "payload": {"nonce": str(uuid.uuid4()), "ts": now_ms()}})
    connected = False
    async for text in socket:
        frame = json.loads(text)
        method, params = frame.get("method"), frame.get("params") or {}
        try:
            if not connected:
                payload = hello(state, token, params)
                connected = True
            elif method in HANDLERS:
                payload = HANDLERS[method](state, params)
            else:
                raise Refused(f"unknown method: {method}")
            await send({"type": "res", "id": frame["id"], "ok": True, "payload": payload})
        except Refused as refusal:
            error = {"code": "INVALID_REQUEST", "message": str(refusal)}
            await send({"type": "res", "id": frame["id"], "ok": False, "error": error})
            if not connected:
                return await socket.close(1008, str(refusal))


async def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--port", type=int, required=True)
    flags.add_argument("--token", default=os.environ.get("OPENCLAW_GATEWAY_TOKEN"))
    flags.add_argument("--state-dir", type=pathlib.Path, required=True)
    given = flags.parse_args()
    async with serve(lambda socket: talk(socket, given.state_dir, given.token), "127.0.0.1", given.port) as server:
        await server.serve_forever()


asyncio.run(main())
