package dev.braid.driver.source.boxes;

import static dev.braid.worker.Check.require;

import dev.braid.worker.WrongSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * An XML file for each picture, as in Pascal VOC (Everingham et al. 2010), of the same name but for
 * its ending: the picture's size, and of each object its name and its corners in pixels, which are
 * taken as they are written.
 *
 * @param path the folder of the files, an archive of them, or a wildcard
 */
public record Voc(String path) implements BoxFiles {
  private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

  @Override
  public String ending() {
    return ".xml";
  }

  @Override
  public Map<String, MarkedPicture> pictures(String name, String place, byte[] content) {
    Element root = root(content);
    require(
        root.getTagName().equals("annotation"),
        "expected an <annotation> of Pascal VOC, found <%s>",
        root.getTagName());
    Element size = child(root, "size");
    int width = (int) number(size, "width");
    int height = (int) number(size, "height");
    require(width > 0 && height > 0, "the size of the picture is %d x %d", width, height);
    List<MarkedPicture.Marked> objects = new ArrayList<>();
    for (Element object : children(root, "object")) {
      Element box = child(object, "bndbox");
      objects.add(
          MarkedPicture.Marked.ofPixels(
              text(object, "name"),
              number(box, "xmin"),
              number(box, "ymin"),
              number(box, "xmax"),
              number(box, "ymax"),
              height,
              width));
    }
    return Map.of(name, MarkedPicture.of(place, height, width, objects));
  }

  /** The document, of which nothing leads to other files: a DOCTYPE is refused. */
  private static Element root(byte[] content) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature(NO_DOCTYPE, true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler()); // the default one prints
      return builder.parse(new ByteArrayInputStream(content)).getDocumentElement();
    } catch (SAXException e) {
      throw new WrongSettings("no XML that is read here: " + e.getMessage(), e);
    } catch (IOException | ParserConfigurationException e) {
      throw new IllegalStateException("XML cannot be read", e);
    }
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }

  private static Element child(Element parent, String name) {
    List<Element> children = children(parent, name);
    require(
        children.size() == 1,
        "expected one <%s> in <%s>, found %d",
        name,
        parent.getTagName(),
        children.size());
    return children.get(0);
  }

  private static String text(Element parent, String name) {
    String text = child(parent, name).getTextContent().strip();
    require(!text.isEmpty(), "there is nothing in <%s> of <%s>", name, parent.getTagName());
    return text;
  }

  private static double number(Element parent, String name) {
    String text = text(parent, name);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new WrongSettings("<%s> is '%s', which is no number".formatted(name, text), e);
    }
  }
}
