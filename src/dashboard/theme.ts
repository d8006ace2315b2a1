import { createTheme, type MantineColorsTuple } from "@mantine/core";

const tie: MantineColorsTuple = [
  "#e8f4f7",
  "#d3e6eb",
  "#a5cdd7",
  "#74b2c2",
  "#4d9bb0",
  "#338da5",
  "#1f7d96",
  "#0f6a81",
  "#0f5c6e",
  "#064a5a",
];

/** Dense and quiet: people look at it all day. */
export const theme = createTheme({
  colors: { tie },
  primaryColor: "tie",
  primaryShade: { light: 8, dark: 6 },
  defaultRadius: "sm",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "1.125rem" }, h2: { fontSize: "0.9375rem" }, h3: { fontSize: "0.875rem" } },
  },
  components: {
    Button: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Tooltip: { defaultProps: { openDelay: 300, multiline: true, maw: 360 } },
    Modal: {
      defaultProps: {
        ...{ lockScroll: false, centered: true, size: "lg" },
        closeButtonProps: { "aria-label": "Dismiss" },
      },
    },
    Menu: { defaultProps: { lockScroll: false } },
  },
});
