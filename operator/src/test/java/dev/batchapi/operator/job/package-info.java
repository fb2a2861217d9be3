@NullMarked
package dev.batchapi.operator.job;

import org.jspecify.annotations.NullMarked;
