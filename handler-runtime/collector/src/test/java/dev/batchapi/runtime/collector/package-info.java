@NullMarked
package dev.batchapi.runtime.collector;

import org.jspecify.annotations.NullMarked;
