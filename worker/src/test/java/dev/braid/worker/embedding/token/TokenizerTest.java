package dev.braid.worker.embedding.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {

  /** Characters are escaped where an editor might compose them, or not show them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // vowel signs and viramas, which stand behind, above or in front of their letter
        "हिन्दी भाषा अच्छी है। | हिन्दी,भाषा,अच्छी,है",
        "การเดินทาง ไป เชียงใหม่ | การเดินทาง,ไป,เชียงใหม่",
        "தமிழ் மொழி | தமிழ்,மொழி",
        "مُحَمَّدٌ ذهب | مُحَمَّدٌ,ذهب",
        "שָׁלוֹם עולם | שָׁלוֹם,עולם",
        // accents of their own become those of their letters
        "Cafe\\u0301 de\\u0301ja\\u0300 caf\\u00e9 | caf\\u00e9,d\\u00e9j\\u00e0,caf\\u00e9",
        "Tie\\u0302\\u0301ng Vie\\u0323\\u0302t | ti\\u1ebfng,vi\\u1ec7t",
        "\\u1112\\u1161\\u11ab\\u1100\\u1173\\u11af | \\ud55c\\uae00",
        // what is not seen does not end a word
        "\\u0645\\u06cc\\u200c\\u062e\\u0648\\u0627\\u0647\\u0645. |"
            + " \\u0645\\u06cc\\u200c\\u062e\\u0648\\u0627\\u0647\\u0645",
        "a\\u200d b\\u200c, | a,b",
        "Donau\\u00addampf\\u00ad schiff | donaudampf,schiff",
        // what is no letter does
        "Don't stop, l'eau | don,t,stop,l,eau",
        "abc123def x_y | abc,def,x,y",
        "good\\ud83d\\ude00morning \\ud835\\udc00x | good,morning,\\ud835\\udc00x",
        "1\\u0301 a\\u0301 \\u0301b | \\u00e1,b",
      })
  void letters_keepWordsWhole_inAnyScript(String text, String words) {
    assertEquals(
        Arrays.asList(unescaped(words).split(",")), Tokenizer.of("letters").words(unescaped(text)));
  }

  @Test
  void unicode_composesAccents_andKeepsVowelSigns() {
    assertEquals(
        List.of("caf\u00e9", "\u0939\u093f\u0928\u094d\u0926\u0940", "x1"),
        Tokenizer.of("unicode").words("Cafe\u0301 \u0939\u093f\u0928\u094d\u0926\u0940, x1!"));
  }

  @Test
  void whitespace_leavesWordsAsTheyAre() {
    assertEquals(
        List.of("Cafe\u0301", "it's", "a\u00a0b"),
        Tokenizer.of("whitespace").words(" Cafe\u0301\tit's  a\u00a0b "));
  }

  @Test
  void regex_joinsWhatWhiteSpaceWouldCut_andFindsNoEmptyWord() {
    assertEquals(
        List.of("new_york", "red", "blue_sky"),
        Tokenizer.of("regex:[^,]+").words("new  york, red,blue\u00a0sky ,  "));
    assertEquals(List.of("a"), Tokenizer.of("regex:(?=b)|a").words("ab"));
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\u", i)) {
        out.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        out.append(text.charAt(i));
      }
    }
    return out.toString();
  }
}
