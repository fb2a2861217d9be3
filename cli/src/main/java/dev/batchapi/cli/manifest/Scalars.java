package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an unquoted scalar is, by the rules of kubectl: those of YAML 1.1 for booleans (with {@code
 * y} and {@code n}), numbers with their prefixes and underscores, but dates and {@code 1:30} stay
 * text.
 */
final class Scalars {
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern HEX = Pattern.compile("[-+]?0[xX][0-9a-fA-F]+");
  private static final Pattern OCTAL = Pattern.compile("[-+]?0[oO]?[0-7]+");
  private static final Pattern BINARY = Pattern.compile("[-+]?0[bB][01]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern NO_NUMBER =
      Pattern.compile("[-+]?[.](inf|Inf|INF)|[.](nan|NaN|NAN)");

  private Scalars() {}

  static JsonNode plain(String text) {
    if (NULL.contains(text)) {
      return NullNode.instance;
    }
    if (TRUE.contains(text) || FALSE.contains(text)) {
      return BooleanNode.valueOf(TRUE.contains(text));
    }
    String digits = text.startsWith("_") ? text : text.replace("_", "");
    if (DECIMAL.matcher(digits).matches()) {
      return integer(digits, 10);
    }
    if (HEX.matcher(digits).matches()) {
      return integer(digits.replaceFirst("0[xX]", ""), 16);
    }
    if (BINARY.matcher(digits).matches()) {
      return integer(digits.replaceFirst("0[bB]", ""), 2);
    }
    if (OCTAL.matcher(digits).matches()) {
      return integer(digits.replaceFirst("0[oO]?", ""), 8);
    }
    if (FLOAT.matcher(digits).matches()) {
      return number(Double.parseDouble(digits));
    }
    if (NO_NUMBER.matcher(text).matches()) {
      return DoubleNode.valueOf(Double.NaN);
    }
    return TextNode.valueOf(text);
  }

  /** kubectl sends 1.0 and 1e3 as 1 and 1000. */
  private static JsonNode number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e18
        ? integer(BigDecimal.valueOf(value).toBigInteger())
        : DoubleNode.valueOf(value);
  }

  private static JsonNode integer(String digits, int radix) {
    return integer(new BigInteger(digits, radix));
  }

  private static JsonNode integer(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return IntNode.valueOf(value.intValue());
    }
    return value.bitLength() < Long.SIZE
        ? LongNode.valueOf(value.longValue())
        : BigIntegerNode.valueOf(value);
  }
}
