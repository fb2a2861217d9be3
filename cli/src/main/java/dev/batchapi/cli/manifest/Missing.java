package dev.batchapi.cli.manifest;

/**
 * Code of a handler that is not where this machine looks for it.
 *
 * @param mayBeElsewhere whether it may be right all the same: it is in the image, or is built later
 */
public record Missing(Problem problem, boolean mayBeElsewhere) {}
