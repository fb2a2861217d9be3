@NullMarked
package dev.batchapi.operator.job.act;

import org.jspecify.annotations.NullMarked;
