package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.Handler.Count;
import com.example.Handler.Text;
import dev.batchapi.testkit.HandlerRun;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandlerTest {
  @Test
  void shortWordsDoNotCount() throws Exception {
    var done = HandlerRun.of(Handler.class).config(Map.of("leastLetters", 3)).over(new Text("a fox"));
    assertEquals(List.of(new Count(1, "fox")), done.results(Count.class));
    done.metrics().assertCounted("texts", 1);
  }

  @Test
  void aTextMayBeEmpty() throws Exception {
    var done = HandlerRun.of(Handler.class).config(Map.of("leastLetters", 3)).over(new Text(""));
    assertEquals(List.of(new Count(0, null)), done.results(Count.class));
  }
}
