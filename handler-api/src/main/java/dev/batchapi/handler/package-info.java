/**
 * What a handler of a BatchAPI is written against. No dependencies, Java 17 byte code.
 *
 * <p>A handler is a public class that implements {@link dev.batchapi.handler.BatchHandler} and has
 * one public constructor. See {@code BatchHandler} for its life cycle.
 */
@NullMarked
package dev.batchapi.handler;

import org.jspecify.annotations.NullMarked;
