@NullMarked
package dev.batchapi.runtime.local;

import org.jspecify.annotations.NullMarked;
