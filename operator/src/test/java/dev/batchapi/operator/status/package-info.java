@NullMarked
package dev.batchapi.operator.status;

import org.jspecify.annotations.NullMarked;
