package dev.batchapi.runtime.host;

import dev.batchapi.handler.ItemResult;
import dev.batchapi.runtime.protocol.HandlerError;
import dev.batchapi.runtime.protocol.HandlerError.Reason;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A list with one result for each item, and the items of it that failed. */
final class ItemResults {
  /** Of the errors of all items of a batch together, about. */
  static final int ALL_ERROR_BYTES = 512 << 10;

  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private final List<@Nullable Object> results = new ArrayList<>();
  private final SortedMap<Integer, HandlerError> errors = new TreeMap<>();
  private final SortedMap<Integer, BindingException> misfits;

  private @Nullable HandlerError breakage;
  private int length;

  private ItemResults(int length, SortedMap<Integer, BindingException> misfits) {
    this.length = length;
    this.misfits = misfits;
  }

  /**
   * What a handler returned, if that is a list or an array; null if it is something else.
   *
   * @param given what it got, and so how many results it should have; those of a list of another
   *     length are not looked at, for it may be longer than memory is
   */
  static @Nullable ItemResults of(@Nullable Object returned, Given given) {
    int length = length(returned);
    if (length < 0 || returned == null) {
      return null;
    }
    var found = new ItemResults(length, given.misfits());
    if (length == given.items().size()) {
      if (returned instanceof List<?> list) {
        list.forEach(found::add);
      } else {
        for (int i = 0; i < length; i++) {
          found.add(Array.get(returned, i));
        }
      }
      found.addMisfits();
      // The author's threads may add to their list meanwhile.
      found.length = found.results.size() - given.misfits().size();
    }
    return found;
  }

  private static int length(@Nullable Object returned) {
    if (returned instanceof List<?> list) {
      return list.size();
    }
    return returned != null && returned.getClass().isArray() && !(returned instanceof byte[])
        ? Array.getLength(returned)
        : -1;
  }

  /** Those that stand before the next result. */
  private void addMisfits() {
    for (var misfit = misfits.get(results.size());
        misfit != null;
        misfit = misfits.get(results.size())) {
      errors.put(results.size(), AuthorErrors.of(misfit, Reason.FatalError));
      results.add(null);
    }
  }

  private void add(@Nullable Object one) {
    addMisfits();
    Throwable error =
        one instanceof ItemResult<?> item ? item.error() : one instanceof Throwable t ? t : null;
    if (error instanceof EndedItem ended) {
      failed(ended.thrown(), AuthorErrors.of(ended.thrown()).ran(ended.ran()));
    } else if (error != null) {
      failed(error, AuthorErrors.of(error));
    } else {
      results.add(one instanceof ItemResult<?> item ? item.result() : one);
    }
  }

  private void failed(Throwable error, HandlerError told) {
    if (told.reason() == Reason.WorkerBroken && !(error instanceof HandlerTimedOut)) {
      breakage = breakage == null ? told : breakage;
    }
    errors.put(results.size(), told);
    results.add(null);
  }

  int size() {
    return length;
  }

  /** The errors by their item's position, those of results that can't be written included. */
  SortedMap<Integer, HandlerError> errors() {
    return errors;
  }

  /**
   * The error of an item with which the process broke, as the author says; null if none did. One
   * that goes on in spite of its deadline costs the others nothing.
   */
  @Nullable HandlerError breakage() {
    return breakage;
  }

  /** Writes the results as a list; what can't be written is its item's error. */
  void write(JsonBinding binding, BoundedBytes to) throws ResultTooLargeException {
    if (errors.isEmpty()) {
      try {
        binding.write(results, to);
        return;
      } catch (BindingException e) {
        to.clear(); // one of the items is to blame, and found below
      } catch (Error e) {
        requireSound(e);
        to.clear();
      }
    }
    var one = new BoundedBytes(to.limit());
    to.write('[');
    for (int i = 0; i < results.size(); i++) {
      if (i > 0) {
        to.write(',');
      }
      one.clear();
      writeOne(i, binding, one);
      one.copyTo(to);
    }
    to.write(']');
  }

  private void writeOne(int item, JsonBinding binding, BoundedBytes to)
      throws ResultTooLargeException {
    Object result = results.get(item);
    if (result != null) {
      try {
        binding.write(result, to);
        return;
      } catch (BindingException e) {
        errors.put(item, AuthorErrors.of(e, Reason.ResultInvalid));
        to.clear();
      } catch (Error e) {
        requireSound(e);
        errors.put(item, AuthorErrors.of(e));
        to.clear();
      }
    }
    to.write(NULL, 0, NULL.length);
  }

  private static void requireSound(Error thrownByAuthor) {
    if (Breakage.isIn(thrownByAuthor)) {
      throw thrownByAuthor;
    }
  }
}
