# language: nl
Functionaliteit: Juistheid en deelname
  Een fout gegeven gaat niet verder, en wie niet (meer) aan een casus deelneemt ziet er niets van (artikel 9.5, 9.6 en 24).

  Regel: Een gegeven dat onjuist bleek, gaat niet verder (9.5)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de burgemeester neemt deel aan het overleg

    @regel-9.5 @toegestaan
    Scenario: Niemand heeft de gegevens onjuist genoemd
      Gegeven de gegevens zijn niet als onjuist gemeld
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-9.5 @geweigerd
    Scenario: De gemeente meldde gisteren dat haar gegevens onjuist zijn
      Gegeven de verstrekker meldde gisteren dat de gegevens onjuist zijn
      Als het huis de woonsituatie van de betrokkene, die de gemeente gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 9.5
      En leest de afzender: Dit gegeven is onjuist gebleken. Laat het weg; de verstrekker geeft het juiste opnieuw.

  Regel: Alleen wie aan de casus deelneemt, stuurt en krijgt berichten over de casus (9.6)

    @regel-9.6 @toegestaan
    Scenario: De GGD, die is bevraagd, meldt dat de betrokkene is geïnformeerd
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD is in de triage bevraagd
      Als de GGD het huis meldt dat de betrokkene gisteren is geïnformeerd
      Dan mag het bericht worden verstuurd

    @regel-9.6 @geweigerd
    Scenario: De GGD neemt niet deel aan de casus
      Gegeven een casus in triage, aangemeld door de gemeente
      Als de GGD het huis meldt dat de betrokkene gisteren is geïnformeerd
      Dan wordt het bericht geweigerd op regel 9.6
      En leest de afzender: Dit adres neemt niet deel aan deze casus. Laat het huis het eerst toelaten.

    @regel-9.6 @toegestaan
    Scenario: De jeugdbescherming is klaar en stopt met de casus
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de jeugdbescherming en de reclassering nemen deel aan het overleg
      Als de jeugdbescherming het huis vraagt de deelname van de jeugdbescherming te beëindigen
      Dan mag het bericht worden verstuurd

    @regel-9.6 @geweigerd
    Scenario: De jeugdbescherming zet een ander niet uit de casus
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de jeugdbescherming en de reclassering nemen deel aan het overleg
      Als de jeugdbescherming het huis vraagt de deelname van de reclassering te beëindigen
      Dan wordt het bericht geweigerd op regel 9.6
      En leest de afzender: U beëindigt alleen uw eigen deelname. Vraag het huis om een ander te laten vertrekken.

  Regel: Naar anderen dan de deelnemers gaat niets (24)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering neemt deel aan het overleg

    @regel-24 @toegestaan
    Scenario: De burgemeester neemt deel en krijgt de gegevens
      Gegeven de burgemeester neemt deel aan het overleg
      Als de reclassering de relaties van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-24 @geweigerd
    Scenario: De burgemeester neemt niet deel
      Als de reclassering de relaties van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 24, 1.20, 9.6 en 12
      En leest de afzender: Buiten de deelnemers gaan geen gegevens. Wat de wet anders eist, weegt u zelf, buiten dit systeem.
