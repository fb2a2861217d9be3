package dev.batchapi.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cases of Kubernetes' own test of its expansion, and their like. */
class ReferencesTest {
  private static final Map<String, String> KNOWN = Map.of("A", "a", "B", "b", "EMPTY", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          $(A)              | a
          ___$(A)___        | ___a___
          $(A)$(B)          | ab
          $(EMPTY)x         | x
          $(UNKNOWN)        | $(UNKNOWN)
          $$(A)             | $(A)
          $$$(A)            | $a
          $$$$(A)           | $$(A)
          $A                | $A
          $                 | $
          100$              | 100$
          $(A               | $(A
          $$(A              | $(A
          $(A)$             | a$
          $()               | $()
          $($(A))           | $($(A))
          postgres://$(A):5 | postgres://a:5
          """)
  void isFilledInAsKubeletDoes(String text, String expanded) {
    assertThat(References.expand(text, KNOWN)).isEqualTo(expanded);
  }
}
