package dev.batchapi.cli.run;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.batchapi.contract.Visible;
import dev.batchapi.data.files.FilesInput;
import dev.batchapi.data.input.Input;
import dev.batchapi.data.input.InputException;
import dev.batchapi.data.store.StoredFile;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.SortedMap;

/** Shows what a run would have for its handler. */
final class DryRun {
  /** Numbers are shown as they are written. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int FILES_SHOWN = 20;
  private static final int ITEMS_SHOWN = 5;
  private static final int LONGEST = 100;

  private final PrintStream out;

  DryRun(PrintStream out) {
    this.out = out;
  }

  void show(String job, Input input) throws IOException {
    out.printf(
        Locale.ROOT,
        "%s: %s in %s of %,d%n",
        job,
        count(input.items(), "item", "s"),
        count(input.count(), "batch", "es"),
        input.batchSize());
    if (input instanceof FilesInput files) {
      show(files);
    }
    out.println("  first items");
    var shown = 0;
    for (var batch = 0; batch < input.count() && shown < ITEMS_SHOWN; batch++) {
      shown += show(batch, input, ITEMS_SHOWN - shown);
    }
  }

  /** Shows a batch's items; how many. */
  private int show(int batch, Input input, int most) throws IOException {
    var items = Math.min(input.itemsIn(batch), most);
    JsonNode payload;
    SortedMap<Integer, String> unreadable;
    try {
      var read = input.read(batch);
      payload = JSON.readTree(read.json());
      unreadable = read.unreadable();
    } catch (InputException e) {
      out.printf(
          Locale.ROOT,
          "    %d  %s%n",
          input.firstItem(batch),
          Visible.text(String.valueOf(e.getMessage())));
      return items;
    }
    for (var item = 0; item < items; item++) {
      var source = input.source(batch, item);
      out.printf(
          Locale.ROOT,
          "    %d  %s%s%n",
          input.firstItem(batch) + item,
          Visible.text(unreadable.getOrDefault(item, shortened(payload.get(item).toString()))),
          source == null || unreadable.containsKey(item) ? "" : "  " + source);
    }
    return items;
  }

  private void show(FilesInput files) {
    var all = files.files();
    out.printf(
        Locale.ROOT,
        "  %s, %,d bytes%n",
        count(all.size(), "file", "s"),
        all.stream().mapToLong(StoredFile::size).sum());
    all.stream()
        .limit(FILES_SHOWN)
        .forEach(file -> out.printf(Locale.ROOT, "    %s  %,d%n", file.name(), file.size()));
    if (all.size() > FILES_SHOWN) {
      out.printf(Locale.ROOT, "    and %,d more%n", all.size() - FILES_SHOWN);
    }
    if (files.unreadable() > 0) {
      var unreadable = files.read(files.firstUnreadable()).unreadable();
      out.printf(
          Locale.ROOT,
          "  %s can't be read and will fail; the first: %s%n",
          count(files.unreadable(), "item", "s"),
          Visible.text(unreadable.values().iterator().next()));
    }
  }

  private static String count(int n, String what, String plural) {
    return String.format(Locale.ROOT, "%,d %s%s", n, what, n == 1 ? "" : plural);
  }

  private static String shortened(String item) {
    return item.length() <= LONGEST ? item : item.substring(0, LONGEST) + "…";
  }
}
