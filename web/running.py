"""Running Alianza: the web server, the worker, and both together on one machine."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

from sqlalchemy import Engine

from broker import schema
from broker.database import make_engine
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from web.config import Settings
from web.starting import binding, plainly, settings_for

log = logging.getLogger("alianza")
SWEEP_SECONDS = 3600
RESTART_SECONDS = 1.0
GRACE_SECONDS = 5.0


def run_everything(port: int | None) -> None:
    """Migrate, load the demonstration once, match it, and serve with a worker beside; Ctrl-C ends both."""
    os.environ.setdefault("ALIANZA_DEMO", "1")
    with plainly():
        settings = settings_for(port)
        # Before anything is written or promised.
        server = _bound(settings)
        engine = make_engine(settings.database_url)
        schema.upgrade(engine)
        if settings.demo:
            _prepare_demo(engine, settings)
        engine.dispose()
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(stop, settings), name="worker-keeper")
    keeper.start()
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        _greet(settings)
        server.run()
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        stop.set()
        keeper.join()


def serve_web() -> None:
    """The web server in this process."""
    with plainly():
        server = _bound(settings_for())
    server.run()


def server_options(settings: Settings) -> dict[str, Any]:
    """What waitress is told: limits that outlive slow connections, and whose word counts on who asks. Without the
    proxy's word every visitor behind it has one address, and one who guesses passwords locks out all."""
    proxy = {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
    }
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": 8,
        "connection_limit": 500,
        "channel_timeout": 60,
        "ident": None,
        "clear_untrusted_proxy_headers": True,
    } | (proxy if settings.trusted_proxy else {})


def run_worker(*, follows_parent: bool = False) -> None:
    """Work until told to stop, or until the process that started it is gone. Solving must not take the processor from
    the web, so it runs at lower priority."""
    import broker.subscriptions  # noqa: F401
    from broker.jobs.worker import work

    os.nice(5)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    if follows_parent:
        threading.Thread(target=_end_with_parent, args=(stop,), name="parent-watch", daemon=True).start()
    with plainly():
        settings = settings_for()
        engine = make_engine(settings.database_url)
        engine.connect().close()
    work(engine, stop=stop, timetable=_Timetable(engine), settings=settings.worker)


class _Timetable:
    """What is due by the clock: needs expire or close, capacities go stale, mandates end, talks stall,
    pauses end, silence accepts deliveries."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.next = engine, 0.0

    def __call__(self) -> None:
        from broker.agreements.negotiation import sweep_stalled
        from broker.alliance.complaints import sweep_breaches
        from broker.alliance.suspending import sweep_suspensions
        from broker.deliveries.schedule import sweep_deliveries
        from broker.listings.timetable import sweep_listings
        from broker.parties.services import sweep_mandates

        if time.monotonic() < self.next:
            return
        with transaction(self.engine, SYSTEM) as tx:
            sweep_listings(tx)
            sweep_mandates(tx)
            sweep_stalled(tx)
            sweep_suspensions(tx)
            sweep_deliveries(tx)
            sweep_breaches(tx)
        self.next = time.monotonic() + SWEEP_SECONDS


def _bound(settings: Settings) -> Any:
    """A server that holds its port and does not answer yet."""
    from waitress.server import create_server

    from web.app import create_app

    app = create_app(settings)
    with binding(settings):
        return create_server(app, **server_options(settings))


def _end_with_parent(stop: threading.Event) -> None:
    """The parent holds the other end of standard input; killed as it may be, that closes. A job cut off is done
    again."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _prepare_demo(engine: Engine, settings: Settings) -> None:
    """Load the market, and have a first matching done before anybody looks."""
    import broker.subscriptions  # noqa: F401
    from broker.demo import load
    from broker.jobs.worker import work_once

    if load.is_loaded(engine):
        return
    log.info("loading the demonstration market")
    load.load(engine)
    load.order_first_run(engine)
    log.info("matching it")
    while work_once(engine, settings=settings.worker):
        pass


def _keep_worker(stop: threading.Event, settings: Settings) -> None:
    """Keep one worker process alive; a killed one is started again."""
    command = [sys.executable, "-m", "web.cli", "worker", "--follow-parent"]
    # It reads the environment again, and writes the port into mails.
    environment = os.environ | {"ALIANZA_PORT": str(settings.port)}
    while not stop.is_set():
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        while process.poll() is None and not stop.wait(0.3):
            pass
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        elif not stop.is_set():
            log.warning("the worker ended with %s; starting another", process.returncode)
            stop.wait(RESTART_SECONDS)


def _greet(settings: Settings) -> None:
    from broker.demo.load import BROKER, BUYER, CLERK, PASSWORD

    lines = [f"Alianza is ready: http://{settings.host}:{settings.port}/"]
    if settings.demo:
        lines += [
            f"  broker    {BROKER}",
            f"  buyer     {BUYER}",
            f"  clerk     {CLERK}",
            f"  password  {PASSWORD}",
        ]
    lines.append("Press Ctrl-C to stop; the data stays.")
    print("\n".join(lines), flush=True)
