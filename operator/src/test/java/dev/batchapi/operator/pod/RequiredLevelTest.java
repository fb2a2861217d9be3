package dev.batchapi.operator.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredLevelTest {

  @ParameterizedTest
  @CsvSource({
    // the operator, our label, Kubernetes' label, what is required
    "baseline, , , baseline",
    "privileged, , , privileged",
    "baseline, privileged, , privileged",
    "baseline, restricted, , restricted",
    "privileged, baseline, , baseline",
    "baseline, , restricted, restricted",
    "restricted, , baseline, restricted",
    "baseline, privileged, restricted, restricted",
    "baseline, privileged, baseline, baseline",
    "baseline, privilegd, , restricted",
    "baseline, , typo, restricted",
    "baseline, '', , restricted",
  })
  void theStricterOfTwoIsRequired(
      String everywhere, @Nullable String ours, @Nullable String enforced, String required) {
    var labels = new HashMap<String, String>();
    labels.put("batchapi.dev/pod-security", ours);
    labels.put("pod-security.kubernetes.io/enforce", enforced);
    labels.values().removeIf(value -> value == null);

    assertThat(
            RequiredLevel.in("vision", labels, PodSecurityLevel.named(everywhere).orElseThrow())
                .level())
        .hasToString(required);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          - | - | The operator asks for it in every namespace (BATCHAPI_POD_SECURITY); whoever administers the cluster can allow more in "vision" by its label batchapi.dev/pod-security.
          restricted | baseline | Namespace "vision" asks for it by its label batchapi.dev/pod-security.
          restricted | restricted | Namespace "vision" enforces it by its label pod-security.kubernetes.io/enforce.
          """)
  void aMessageSaysWhoAsksForIt(@Nullable String ours, @Nullable String enforced, String because) {
    var labels = new HashMap<String, String>();
    labels.put("batchapi.dev/pod-security", ours);
    labels.put("pod-security.kubernetes.io/enforce", enforced);
    labels.values().removeIf(value -> value == null);

    assertThat(RequiredLevel.in("vision", labels, PodSecurityLevel.BASELINE).because())
        .isEqualTo(because);
  }
}
