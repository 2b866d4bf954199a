"""What is imported only where a setting asks for it."""

from typing import TYPE_CHECKING

from jalon.refusal import Refusal
from jalon.server.metrics import Metrics
from jalon.settings import Settings

if TYPE_CHECKING:
    from jalon.server.telemetry import Telemetry


def make_telemetry(settings: Settings, metrics: Metrics | None = None) -> "Telemetry | None":
    """Traces and metrics for a collector, if JALON_OTEL is on."""
    if not settings.otel:
        return None
    try:
        from jalon.server.telemetry import Telemetry
    except ImportError as error:
        raise Refusal(f"JALON_OTEL needs OpenTelemetry: pip install 'jalon[otel]' ({error}).") from None
    return Telemetry(metrics)
