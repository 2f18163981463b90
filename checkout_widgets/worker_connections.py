"""The queue's connections, for a worker that outlives its database.

What came of a job is kept until the database takes it. Procrastinate gives up at the first failure, and the job would
count as running for as long as this worker lives: a delivery that is never processed.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Any, LiteralString

import psycopg
from procrastinate import sql
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from config.database_trouble import in_one_line, is_temporary

logger = logging.getLogger(__name__)

PAUSE_S = 1.0
POOL_TIMEOUT_S = 2.0  # to be given a connection; the pool's own 30 s would hold up the worker's return
# Other queries may fail: the worker then begins anew, and nothing is lost.
RESULTS = frozenset({sql.queries["finish_job"], sql.queries["retry_job"]})


class PatientConnector(PsycopgConnector):
    """Connections of a worker; ``asked`` is set when the worker is to end, which then waits for nothing any more.

    A job whose result is not stored by then is done again by the worker that comes next.
    """

    def __init__(self, asked: asyncio.Event) -> None:
        self.asked = asked
        self.parameters = connector_params()
        super().__init__(kwargs=self.parameters, timeout=POOL_TIMEOUT_S)

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Run the query; one that stores what came of a job is repeated until the database has it."""
        while True:
            try:
                await super().execute_query_async(query, **arguments)
            except ConnectorException as error:
                if query not in RESULTS or not is_temporary(error) or self.asked.is_set():
                    raise
                await self.until_database_answers()
            else:
                return

    async def until_database_answers(self) -> None:
        """Wait until the database takes connections, and say once that it does not; or until asked to end."""
        has_said = False
        while not self.asked.is_set():
            try:
                async with await psycopg.AsyncConnection.connect(**self.parameters):
                    return
            except psycopg.OperationalError as error:
                if not has_said:
                    logger.warning("The worker waits for the database: %s", in_one_line(error))
                has_said = True
            # Waits for the request to end rather than sleeping, so that a worker without a database ends at once.
            with suppress(TimeoutError):
                await asyncio.wait_for(self.asked.wait(), PAUSE_S)
