@NullMarked
package dev.batchapi.runtime;

import org.jspecify.annotations.NullMarked;
