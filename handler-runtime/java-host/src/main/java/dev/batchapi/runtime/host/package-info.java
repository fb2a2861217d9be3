/**
 * The Java host: the process that holds the author's code. Start at {@link
 * dev.batchapi.runtime.host.JavaHost}; {@code Session} is the conversation with the worker, {@code
 * HandlerLoader} turns a code folder and a class path into a handler.
 *
 * <p>The author's classes live in a class loader that sees the JDK, the handler API and their own
 * class path. None of our libraries is visible to them, except Jackson when they bring none.
 */
@NullMarked
package dev.batchapi.runtime.host;

import org.jspecify.annotations.NullMarked;
