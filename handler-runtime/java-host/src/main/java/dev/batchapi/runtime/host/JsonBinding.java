package dev.batchapi.runtime.host;

import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Between JSON and the author's types. A seam of class loaders: the one implementation is linked
 * against the author's Jackson, or against ours when they bring none.
 */
public interface JsonBinding {

  /** Reads payloads of one item type. */
  interface Items {
    /**
     * Reads a JSON array.
     *
     * @param alone whether an item that doesn't fit is told by a {@link BindingException} in its
     *     place
     * @throws BindingException naming the item and the field that do not fit
     */
    List<?> read(byte[] json, int offset, int length, boolean alone) throws BindingException;
  }

  /**
   * Prepares reading items of this type.
   *
   * @throws BindingException if no JSON can ever be bound to it
   */
  Items items(Type itemType) throws BindingException;

  /**
   * Reads the handler's configuration; a field that the type doesn't have is an error.
   *
   * @throws BindingException naming the field that does not fit
   */
  @Nullable Object config(byte[] json, Type type) throws BindingException;

  /**
   * Writes a result.
   *
   * @throws BindingException naming the part of the result that is no JSON, and its type
   * @throws ResultTooLargeException as thrown by {@code out}
   */
  void write(Object result, OutputStream out) throws BindingException, ResultTooLargeException;
}
