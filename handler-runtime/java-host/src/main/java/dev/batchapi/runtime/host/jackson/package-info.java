/**
 * Binding by Jackson 2. These classes are defined a second time, below the author's class loader,
 * when the author brings a Jackson: they use nothing of ours but {@code JsonBinding} and its
 * exceptions, and of Jackson only what 2.10 has.
 */
@NullMarked
package dev.batchapi.runtime.host.jackson;

import org.jspecify.annotations.NullMarked;
