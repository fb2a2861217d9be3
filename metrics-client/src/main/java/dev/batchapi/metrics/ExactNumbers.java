package dev.batchapi.metrics;

import java.nio.charset.StandardCharsets;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;

/** Numbers as {@link NumberText} writes them, for who would round to six decimals. */
final class ExactNumbers extends NumberFormat {
  private static final long serialVersionUID = 1L;

  private final transient byte[] text = new byte[NumberText.MAX_LENGTH];

  @Override
  public StringBuffer format(double number, StringBuffer target, FieldPosition position) {
    int length = NumberText.write(number, text);
    return target.append(new String(text, 0, length, StandardCharsets.ISO_8859_1));
  }

  @Override
  public StringBuffer format(long number, StringBuffer target, FieldPosition position) {
    return target.append(number);
  }

  @Override
  public Number parse(String source, ParsePosition position) {
    throw new UnsupportedOperationException("only writes");
  }
}
