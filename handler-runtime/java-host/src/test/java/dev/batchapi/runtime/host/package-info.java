@NullMarked
package dev.batchapi.runtime.host;

import org.jspecify.annotations.NullMarked;
