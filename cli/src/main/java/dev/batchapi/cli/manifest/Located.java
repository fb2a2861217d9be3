package dev.batchapi.cli.manifest;

import java.nio.file.Path;

/**
 * An object and where it stands.
 *
 * @param <T> what it is
 * @param file as it was asked for, or in the folder that was
 * @param line of its document, or of its entry in {@code jobs}; from 1
 */
public record Located<T>(T value, Path file, int line) {}
