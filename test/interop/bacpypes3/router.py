# A BACpypes3 router between two IP networks on loopback. One argument: its configuration as JSON.

import asyncio
import json
import sys

from peer import commands, ip_port, make_router, ports_open, say


async def main():
    config = json.loads(sys.argv[1])
    router = make_router(
        config["instance"],
        [ip_port(n + 1, p["address"], p["port"], p["network"]) for n, p in enumerate(config["ports"])],
    )
    await ports_open(router)
    say({"kind": "ready"})
    async for _ in commands():
        pass


asyncio.run(main())
