import "@mantine/core/styles.css";
import "./style.css";
import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client.ts";
import { ZoneProvider } from "./part/zone.tsx";
import { router } from "./router.tsx";
import { SignedIn } from "./shell/sign-in.tsx";
import { theme } from "./theme.ts";

/** Who is not signed in any more is asked to, wherever it is noticed. */
function onError(error: Error): void {
  if (error instanceof Problem && error.status === 401)
    void client.invalidateQueries({ queryKey: ["GET /session"] });
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // What the hub refuses it will refuse again; what did not arrive may arrive the next time.
      retry: (count, error) => count < 2 && error instanceof Problem && error.status === 0,
    },
  },
});

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
const root = document.getElementById("root");
if (root === null) throw new Error("the page has no place for the dashboard");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={client}>
        <ZoneProvider>
          <SignedIn>
            <RouterProvider router={router} />
          </SignedIn>
        </ZoneProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
