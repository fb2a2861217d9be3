package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.batchapi.contract.MetricsFlavour;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the handler's metrics go. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.statsd) || !self.statsd.startsWith('unix:') || !has(self.flavour) ||"
            + " self.flavour == 'datadog'",
    message = Rules.UNIX_STATSD)
public record Metrics(
    @JsonPropertyDescription(
            "host:port to which the handler's metrics are sent, as StatsD over UDP. With flavour"
                + " datadog also unix:///path of an agent's socket, which must be the one that the"
                + " operator is set to use. Default: the operator's setting, which is the installed"
                + " statsd-exporter.")
        @Size(min = 3, max = 261)
        @ValidationRule(value = "self.matches('" + Syntax.STATSD + "')", message = Rules.STATSD)
        @Nullable String statsd,
    @JsonPropertyDescription(
            "Whose rules that server has: prometheus (statsd_exporter: a negative gauge is sent as 0 and"
                + " itself, counters only grow, names of the exporter are dropped) or datadog (the"
                + " agent: negative gauges and counts as they are, distributions). Default: the"
                + " operator's setting, which is prometheus.")
        @Nullable MetricsFlavour flavour,
    @JsonPropertyDescription(
            "Tags added to every metric of the handler, such as team: vision; at most 8. A value may"
                + " refer to $(api_name), $(namespace), $(job_name) and $(job_id); the last two make"
                + " every job's series new ones. Default: none.")
        @ValidationRule(
            value = "self.all(k, k.matches('" + Syntax.TAG_NAME + "'))",
            message = Rules.TAG_NAMES)
        @ValidationRule(
            value = "self.all(k, self[k].matches('" + Syntax.TAG_VALUE + "'))",
            message = Rules.TAG_VALUES)
        @Nullable Map<String, @Size(min = 1, max = 200) String> tags) {

  /** The operator's setting, no extra tags. */
  public static final Metrics NONE = new Metrics(null, null, null);
}
