package dev.batchapi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibleTest {

  @Test
  void whatSteersATerminalIsShown() {
    assertThat(Visible.text("\u001b[2J a\u0007\u0000\r b\u202e c\u2028 d\u009b"))
        .isEqualTo("\\u001b[2J a\\u0007\\u0000\\u000d b\\u202e c\\u2028 d\\u009b");
  }

  @Test
  void textOfAnyLanguageStaysAsItIs() {
    var text =
        "za\u017c\u00f3\u0142\u0107\tg\u0119\u015bl\u0105\n"
            + "\u3053\u3093 \u05d0 \ud83d\ude00 \\u001b";
    assertThat(Visible.text(text)).isEqualTo(text);
  }

  @Test
  void aNameIsOneLine() {
    assertThat(Visible.line("a\nINFO b\tc\u001b[2J")).isEqualTo("a\\u000aINFO b\\u0009c\\u001b[2J");
  }
}
