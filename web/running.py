"""Running Alianza: the web server, the worker, and both together on one machine."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

from sqlalchemy import Engine

from broker import schema
from broker.database import make_engine
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from web.config import Settings, from_environment

log = logging.getLogger("alianza")
SWEEP_SECONDS = 3600
RESTART_SECONDS = 1.0


def run_everything(port: int | None) -> None:
    """Migrate, load the demonstration once, match it, and serve with a worker beside; Ctrl-C ends both."""
    os.environ.setdefault("ALIANZA_DEMO", "1")
    settings = from_environment()
    if port is not None:
        settings = replace(settings, port=port)
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url)
    schema.upgrade(engine)
    if settings.demo:
        _prepare_demo(engine)
    engine.dispose()
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(stop,), name="worker-keeper")
    keeper.start()
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        _greet(settings)
        serve_web(settings)
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        stop.set()
        keeper.join()


def serve_web(settings: Settings) -> None:
    """The web server in this process, with limits that outlive slow connections."""
    from waitress import serve

    from web.app import create_app

    serve(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        threads=8,
        connection_limit=500,
        channel_timeout=60,
        ident=None,
    )


def run_worker(settings: Settings) -> None:
    """Work until told to stop. Solving must not take the processor from the web, so it runs at lower priority."""
    import broker.subscriptions  # noqa: F401
    from broker.jobs.worker import work

    os.nice(5)
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    engine = make_engine(settings.database_url)
    work(engine, stop=stop, timetable=_Timetable(engine), settings=settings.worker)


class _Timetable:
    """What is due by the clock: needs expire or close, capacities go stale, mandates end."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.next = engine, 0.0

    def __call__(self) -> None:
        from broker.listings.timetable import sweep_listings
        from broker.parties.services import sweep_mandates

        if time.monotonic() < self.next:
            return
        with transaction(self.engine, SYSTEM) as tx:
            sweep_listings(tx)
            sweep_mandates(tx)
        self.next = time.monotonic() + SWEEP_SECONDS


def _prepare_demo(engine: Engine) -> None:
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
    while work_once(engine, settings=from_environment().worker):
        pass


def _keep_worker(stop: threading.Event) -> None:
    """Keep one worker process alive; a killed one is started again."""
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "web.cli", "worker"])
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
