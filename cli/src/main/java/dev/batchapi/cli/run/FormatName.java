package dev.batchapi.cli.run;

import dev.batchapi.crds.FileInput;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The formats of files by the names that {@code input.files.format} has for them. */
final class FormatName implements ITypeConverter<FileInput.Format> {

  @Override
  public FileInput.Format convert(String name) {
    return Arrays.stream(FileInput.Format.values())
        .filter(format -> name(format).equals(name))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'%s' is none of %s".formatted(name, all())));
  }

  private static String all() {
    return Arrays.stream(FileInput.Format.values())
        .map(FormatName::name)
        .collect(Collectors.joining(", "));
  }

  private static String name(FileInput.Format format) {
    return format.name().toLowerCase(Locale.ROOT);
  }
}
