package dev.batchapi.runtime.host;

import dev.batchapi.handler.BatchHandler;
import dev.batchapi.handler.ItemHandler;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handler's class says its items are: the {@code I} of {@code BatchHandler<I, R>} or of
 * {@code ItemHandler<I, R>}.
 */
final class ItemType {
  private ItemType() {}

  /**
   * Looks through superclasses and interfaces.
   *
   * @throws HandlerInvalidException if the class doesn't say
   */
  static Type of(Class<?> handler) throws HandlerInvalidException {
    Class<?> kind =
        ItemHandler.class.isAssignableFrom(handler) ? ItemHandler.class : BatchHandler.class;
    Type item = find(handler, kind, Map.of());
    if (item == null) {
      throw new HandlerInvalidException(
          "%s implements %2$s without saying what its items are: write for example \"implements %2$s<Map<String, Object>, Object>\""
              .formatted(handler.getName(), kind.getSimpleName()));
    }
    if (isOpen(item)) {
      throw new HandlerInvalidException(
          "the item type of %s is %s, which is not one type: give %s a record, a class or Map<String, Object>"
              .formatted(handler.getName(), item.getTypeName(), kind.getSimpleName()));
    }
    return item;
  }

  /** The item type seen from {@code type}, whose variables have these values. */
  private static @Nullable Type find(Type type, Class<?> kind, Map<TypeVariable<?>, Type> values) {
    Class<?> raw;
    Map<TypeVariable<?>, Type> own = new HashMap<>();
    if (type instanceof ParameterizedType given) {
      raw = (Class<?>) given.getRawType();
      for (int i = 0; i < raw.getTypeParameters().length; i++) {
        own.put(raw.getTypeParameters()[i], given(given.getActualTypeArguments()[i], values));
      }
    } else {
      raw = (Class<?>) type;
    }
    if (raw == kind) {
      return own.get(kind.getTypeParameters()[0]);
    }
    for (Type parent : raw.getGenericInterfaces()) {
      if (parent instanceof ParameterizedType || parent != kind) {
        Type found = find(parent, kind, own);
        if (found != null) {
          return found;
        }
      }
    }
    Type parent = raw.getGenericSuperclass();
    return parent == null ? null : find(parent, kind, own);
  }

  private static Type given(Type type, Map<TypeVariable<?>, Type> values) {
    if (type instanceof TypeVariable<?> variable) {
      return values.getOrDefault(variable, variable);
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = given(arguments[i], values);
      }
      return new Generic((Class<?>) generic.getRawType(), generic.getOwnerType(), arguments);
    }
    return type;
  }

  private static boolean isOpen(Type type) {
    if (type instanceof ParameterizedType generic) {
      return Arrays.stream(generic.getActualTypeArguments()).anyMatch(ItemType::isOpen);
    }
    return type instanceof TypeVariable<?>
        || (type instanceof GenericArrayType array && isOpen(array.getGenericComponentType()));
  }

  /** A type with its variables filled in; the JDK has no public way to make one. */
  private record Generic(Class<?> raw, @Nullable Type owner, Type[] arguments)
      implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.clone();
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return owner;
    }

    @Override
    public String getTypeName() {
      return raw.getName()
          + "<"
          + String.join(", ", Arrays.stream(arguments).map(Type::getTypeName).toList())
          + ">";
    }
  }
}
