@NullMarked
package dev.batchapi.runtime.protocol;

import org.jspecify.annotations.NullMarked;
