package dev.batchapi.crds;

/**
 * A spec and whose it is: what the operator has as a custom resource, and the laptop as a file.
 *
 * @param <S> {@link BatchApiSpec} or {@link BatchJobSpec}
 */
public record NamedSpec<S>(String namespace, String name, S spec) {}
